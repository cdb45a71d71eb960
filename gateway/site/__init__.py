"""The site file: key areas, devices, rules, lines, users."""
