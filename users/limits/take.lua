-- Take one request from each bucket and a place in each set, or nothing at all.
--
-- KEYS: the buckets, then the sets.
-- ARGV: how many buckets; the lease's name, and its length in microseconds; of each bucket the
-- interval and the quota; of each set how many places it has.
--
-- A bucket is the moment at which it will be full again (GCRA): one number, gone when it is full.
-- A set holds leases by the moment at which they lapse.
--
-- Returns 0, or 1 for an empty bucket, or 2 for a full set; the microseconds to wait; then for each
-- bucket what is left and in how many microseconds it is full; then for each set what is left.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local buckets, lease, lasts = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local refused, wait = 0, 0
local intervals, sizes, full_at, used = {}, {}, {}, {}

for i = 1, buckets do
  local interval, quota = tonumber(ARGV[2 + 2 * i]), tonumber(ARGV[3 + 2 * i])
  local size = interval * quota
  local full = tonumber(redis.call('GET', KEYS[i]) or 0)
  full = math.min(math.max(full, now), now + size)
  if full + interval - now > size then
    refused = 1
    wait = math.max(wait, full + interval - now - size)
  end
  intervals[i], sizes[i], full_at[i] = interval, size, full
end
for i = buckets + 1, #KEYS do
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now)
  used[i] = redis.call('ZCARD', KEYS[i])
  sizes[i] = tonumber(ARGV[3 + buckets + i])
  if refused == 0 and used[i] >= sizes[i] then refused = 2 end
end

local taken = refused == 0 and 1 or 0
local answer = {refused, wait}
for i = 1, buckets do
  local full = full_at[i] + taken * intervals[i]
  if taken == 1 then
    redis.call('SET', KEYS[i], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
  end
  table.insert(answer, math.floor((sizes[i] - (full - now)) / intervals[i]))
  table.insert(answer, full - now)
end
for i = buckets + 1, #KEYS do
  if taken == 1 then
    redis.call('ZADD', KEYS[i], now + lasts, lease)
    redis.call('PEXPIRE', KEYS[i], math.ceil(lasts / 1000))
  end
  table.insert(answer, math.max(sizes[i] - used[i] - taken, 0))
end
return answer
