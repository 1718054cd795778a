"""The two steps of the ledger, as Redis takes them: each whole, or not at all.

An account is a hash (`used`: USD spent or reserved, `period`: when its period ends) and a sorted set of what is
reserved in it ("id|USD", by when it lapses). A reservation counts in `used` from its first moment on, so one that
nobody settles needs no further step to count in full.

Both may be sent twice, because an answer was lost: the second time changes nothing.
"""

from typing import Final

_KEEP: Final = """
-- An account stays as long as the longest of its reservations can, and then for its own time.
local function keep(figures, open, seconds, now)
  local last = redis.call('ZRANGE', open, -1, -1, 'WITHSCORES')
  local left = last[2] and math.max(0, tonumber(last[2]) - now) or 0
  redis.call('EXPIRE', figures, left + seconds)
  redis.call('EXPIRE', open, left + seconds)
end
local now = tonumber(redis.call('TIME')[1])
"""

RESERVE: Final = f"""{_KEEP}
-- KEYS: of each account its figures and its open reservations
-- ARGV: member, USD, seconds until it lapses;
-- of each account most USD, end of period, USD to begin with, seconds to keep
-- Gives 0 when all have room, else n and what is used of the n-th: then nothing is changed
if redis.call('ZSCORE', KEYS[2], ARGV[1]) then return {{0, '0'}} end
local amount, lapses = tonumber(ARGV[2]), now + tonumber(ARGV[3])
local begins = {{}}
for n = 1, #KEYS / 2 do
  local known = redis.call('HMGET', KEYS[2 * n - 1], 'used', 'period')
  local used = tonumber(known[1] or 0)
  if not known[1] or tonumber(ARGV[4 * n + 1]) > tonumber(known[2]) then
    -- What is in flight when a period ends counts in the next one, as it does in LiteLLM's books.
    used = tonumber(ARGV[4 * n + 2])
    for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2 * n], now, '+inf')) do
      used = used + tonumber(string.match(member, '|(.*)$'))
    end
    begins[n] = used
  end
  if used + amount > tonumber(ARGV[4 * n]) + 1e-12 then return {{n, string.format('%.17g', used)}} end
end
for n = 1, #KEYS / 2 do
  local figures, open = KEYS[2 * n - 1], KEYS[2 * n]
  if begins[n] then
    redis.call('HSET', figures, 'used', string.format('%.17g', begins[n]), 'period', ARGV[4 * n + 1])
    redis.call('ZREMRANGEBYSCORE', open, '-inf', '(' .. now)
  end
  redis.call('HINCRBYFLOAT', figures, 'used', ARGV[2])
  redis.call('ZADD', open, lapses, ARGV[1])
  -- One that lapsed an hour ago is settled no more.
  redis.call('ZREMRANGEBYSCORE', open, '-inf', now - 3600)
  keep(figures, open, tonumber(ARGV[4 * n + 3]), now)
end
return {{0, '0'}}
"""

SETTLE: Final = f"""{_KEEP}
-- KEYS: as above. ARGV: member, USD reserved, USD spent, seconds to keep of each account
-- Gives in how many of them the reservation was open
local settled = 0
for n = 1, #KEYS / 2 do
  local figures, open = KEYS[2 * n - 1], KEYS[2 * n]
  if redis.call('ZREM', open, ARGV[1]) == 1 and redis.call('EXISTS', figures) == 1 then
    redis.call('HINCRBYFLOAT', figures, 'used', string.format('%.17g', tonumber(ARGV[3]) - tonumber(ARGV[2])))
    keep(figures, open, tonumber(ARGV[3 + n]), now)
    settled = settled + 1
  end
end
return settled
"""

ADD: Final = f"""{_KEEP}
-- KEYS: as above. ARGV: USD, seconds to keep of each account
for n = 1, #KEYS / 2 do
  if redis.call('EXISTS', KEYS[2 * n - 1]) == 1 then
    redis.call('HINCRBYFLOAT', KEYS[2 * n - 1], 'used', ARGV[1])
    keep(KEYS[2 * n - 1], KEYS[2 * n], tonumber(ARGV[1 + n]), now)
  end
end
return 0
"""
