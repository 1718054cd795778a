"""What must happen in one step in Redis. Nobody sees half of a script, and its clock is the only clock.

The scripts name keys that they work out themselves (Redis here is one server, never a cluster).
"""

REQUEST = """
-- KEYS: index by fingerprint, set of all approvals, set of the key's open ones
-- ARGV: record prefix, new id, seconds to decide, seconds of history, most open ones of a key, most of all, then
-- field, value, ...
-- Gives {outcome, id, expires, decision reason}; outcome: created | pending | approved | denied | full_key | full
local now = tonumber(redis.call('TIME')[1])
local known = redis.call('GET', KEYS[1])
if known then
  local state = redis.call('HMGET', ARGV[1] .. known, 'status', 'expires', 'decision_reason')
  local live = state[2] and tonumber(state[2]) > now
  if live and state[1] ~= 'used' then return {state[1], known, state[2], state[3] or ''} end
end
local keep = tonumber(ARGV[3]) + tonumber(ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
if redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[5]) then return {'full_key', '', '0', ''} end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - keep)
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[6]) then return {'full', '', '0', ''} end
local id, expires = ARGV[2], now + tonumber(ARGV[3])
local record = ARGV[1] .. id
redis.call('HSET', record, 'id', id, 'status', 'pending', 'created', now, 'expires', expires, unpack(ARGV, 7))
redis.call('EXPIRE', record, keep)
redis.call('SET', KEYS[1], id, 'EX', keep)
redis.call('ZADD', KEYS[2], now, id)
redis.call('EXPIRE', KEYS[2], keep)
redis.call('ZADD', KEYS[3], expires, id)
redis.call('EXPIRE', KEYS[3], keep)
return {'created', id, tostring(expires), ''}
"""

CLAIM = """
-- Lets one approver decide: the claim is what keeps a second one out while the decision is being written to the audit
-- log.
-- KEYS: record. ARGV: token, seconds of the claim
-- Gives: claimed | unknown | expired | busy | approved | denied | used
local now = tonumber(redis.call('TIME')[1])
local state = redis.call('HMGET', KEYS[1], 'status', 'expires', 'claim_until')
if not state[1] then return 'unknown' end
if state[1] ~= 'pending' then return state[1] end
if tonumber(state[2]) <= now then return 'expired' end
if state[3] and tonumber(state[3]) > now then return 'busy' end
redis.call('HSET', KEYS[1], 'claim', ARGV[1], 'claim_until', now + tonumber(ARGV[2]))
return 'claimed'
"""

RELEASE = """
-- KEYS: record. ARGV: token
if redis.call('HGET', KEYS[1], 'claim') == ARGV[1] then redis.call('HDEL', KEYS[1], 'claim', 'claim_until') end
return 'released'
"""

DECIDE = """
-- Makes a claimed decision effective.
-- KEYS: record, set of the key's open approvals
-- ARGV: token, approved | denied, decided by, decider's key hash, reason, seconds an approval may be used in, seconds
-- of history
-- Gives: decided | lost (the claim ran out, or somebody else decided)
local now = tonumber(redis.call('TIME')[1])
local state = redis.call('HMGET', KEYS[1], 'status', 'claim', 'id', 'expires')
if state[1] ~= 'pending' or state[2] ~= ARGV[1] then return 'lost' end
local expires = tonumber(state[4])
if ARGV[2] == 'approved' then
  expires = now + tonumber(ARGV[6])
  redis.call('ZADD', KEYS[2], expires, state[3])
  redis.call('EXPIRE', KEYS[2], tonumber(ARGV[6]) + tonumber(ARGV[7]))
else
  redis.call('ZREM', KEYS[2], state[3])
end
redis.call('HSET', KEYS[1], 'status', ARGV[2], 'decided_by', ARGV[3], 'decided_by_key_hash', ARGV[4],
  'decision_reason', ARGV[5], 'decided_at', now, 'expires', expires)
redis.call('HDEL', KEYS[1], 'claim', 'claim_until')
redis.call('EXPIRE', KEYS[1], math.max(expires - now, 0) + tonumber(ARGV[7]))
return 'decided'
"""

CONSUME = """
-- Uses an approval up: one caller is told `passed`, every other one `used`.
-- KEYS: record, set of the key's open approvals. ARGV: fingerprint, key hash
-- Gives {outcome, expires, decision reason}; outcome: passed | unknown | mismatch | pending | denied | used | expired
local now = tonumber(redis.call('TIME')[1])
local state = redis.call('HMGET', KEYS[1], 'status', 'expires', 'fingerprint', 'key_hash', 'decision_reason', 'id')
if not state[1] or state[4] ~= ARGV[2] then return {'unknown', '0', ''} end
if state[3] ~= ARGV[1] then return {'mismatch', state[2], ''} end
if state[1] == 'used' or state[1] == 'denied' then return {state[1], state[2], state[5] or ''} end
if tonumber(state[2]) <= now then return {'expired', state[2], ''} end
if state[1] ~= 'approved' then return {state[1], state[2], ''} end
redis.call('HSET', KEYS[1], 'status', 'used', 'used_at', now)
redis.call('ZREM', KEYS[2], state[6])
return {'passed', state[2], ''}
"""
