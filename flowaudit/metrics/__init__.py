"""/metrics: one custom collector over one state of the service, so that series vanish with what they describe."""
