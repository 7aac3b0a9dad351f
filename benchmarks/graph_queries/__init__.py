"""What questions to a large graph cost once its index is built, beside plain networkx calls."""
