"""Budgets of keys, teams, users, providers and the whole gateway, held to the cent.

The most that a request can cost is reserved before it is made, in one step for all replicas, and replaced by its real
cost afterwards. LiteLLM does that too for keys, teams and users, but forgets what is reserved when its Redis is slow:
it deletes its counter then, and begins again at the database's figure, which lacks all that is in flight.
"""
