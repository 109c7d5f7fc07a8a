"""Run code that nobody trusts, fast, and bring back plain data.

Trusted side:   session (open, run, retry) → run (one conversation) → verdict (what happened), over wire (frames) and
modes (the ladder). Jailed side:    warm (imports once, forks a child a job) → child (jails itself, runs the job) →
channel (what a harness sees). The jail:       view (what of the machine is seen), jail (namespaces and limits),
landlock, seccomp, syscalls.

Nothing here knows of exams. Nothing that a child says is believed beyond being data.
"""
