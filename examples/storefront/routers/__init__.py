"""The shop's addresses. An endpoint asks a service and shapes the answer; it decides nothing."""
