"""From a list of powder lines to the phases in the sample."""
