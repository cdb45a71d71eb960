"""What is measured: ratios to a yardstick of the same run, kept with the machine's description."""
