"""What is wrong with a question whose YAML has the right shape. Nothing of it is run."""
