"""Community-safety data platform: partner feeds in, published KPI marts out."""
