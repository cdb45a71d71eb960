"""Rules tried on recorded time before they count: what they would have raised, and how well that would have been."""
