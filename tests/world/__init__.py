"""A planted world: invented trade, served in the formats of all publishers and fetched by real refreshes."""
