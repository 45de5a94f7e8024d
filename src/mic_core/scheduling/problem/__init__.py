"""The problem instance: activities, domains, resources and cost terms in whole numbers."""
