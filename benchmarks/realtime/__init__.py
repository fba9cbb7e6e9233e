"""CodeInterview's server beside the collaborative servers that people use, in one run."""
