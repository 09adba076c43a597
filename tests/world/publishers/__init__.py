"""The publishers of the planted world: routes that answer in their wire formats, at real size."""
