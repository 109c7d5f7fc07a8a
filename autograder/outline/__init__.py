"""What stands on a paper, whatever it is written on: numbered and lettered, with answers where they are wanted."""
