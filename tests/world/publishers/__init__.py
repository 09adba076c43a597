"""The publishers of the planted world: routes that respond in their formats, at real size."""
