"""The runners: where jobs run."""
