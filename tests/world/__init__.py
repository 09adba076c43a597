"""A planted world: one truth, written in the formats of all publishers, and the nights that gather it."""
