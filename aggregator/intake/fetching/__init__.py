"""From a source to an answer: the guarded requests, lean and through requests, and what an answer says."""
