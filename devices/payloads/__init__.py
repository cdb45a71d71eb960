"""What codecs share: how makers write yes and no, names, numbers, units and times."""
