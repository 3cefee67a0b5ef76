import { defineScript, type Script } from '@souk/cache';

// One owner's keys share a hash tag, `{<owner id>}:current` and `{<owner id>}:cart:<id>` and `…:ops`, so that the names of the
// last two can be made from the first inside the script, also in a cluster.
const PRELUDE = `
local current_key = KEYS[1]
local base = string.sub(current_key, 1, -8)
local function keys_of(id) return base .. 'cart:' .. id, base .. 'ops:' .. id end
local function resolve(id)
  if id ~= '' then return id end
  return redis.call('GET', current_key) or ''
end
local function contents(status, id, cart)
  local reply = redis.call('HGETALL', cart)
  table.insert(reply, 1, id)
  table.insert(reply, 1, status)
  return reply
end
`;

/**
 * Reads a cart. ARGV: cart id or empty for the current one.
 * Replies `OK`, id, fields… or `CART_NOT_FOUND`.
 */
export const READ: Script = defineScript(`${PRELUDE}
local id = resolve(ARGV[1])
local cart = keys_of(id)
if id == '' or redis.call('EXISTS', cart) == 0 then return {'CART_NOT_FOUND'} end
return contents('OK', id, cart)`);

/**
 * Changes a cart. First everything is worked out and checked, then everything is written: a script that ends in a refusal has
 * changed nothing. The rules behind are those of LineCommand.
 *
 * ARGV: 1 now (ms), 2 cart id or empty, 3 id for a new cart or empty, 4 operation id or empty, 5 fingerprint, 6 version or empty,
 * 7 lifetime (ms) or empty, 8 currency or empty, 9 country or empty, 10 default currency, 11 default country, 12 most lines,
 * 13 most units, then per command: kind, sku, quantity, info.
 * Fields of a cart: currency, country, version, created, updated, lifetime, lines (their number), into (the account that it is
 * reserved for), and per line `q:<sku>` (units), `t:<sku>` (when it was put in) and `i:<sku>` (what catalog said).
 * Replies `OK`, id, fields… or a refusal with its details.
 */
export const CHANGE: Script = defineScript(`${PRELUDE}
local now, operation, fingerprint, version = ARGV[1], ARGV[4], ARGV[5], ARGV[6]
local id = resolve(ARGV[2])
local cart, ops = keys_of(id)
local exists = id ~= '' and redis.call('EXISTS', cart) == 1
if not exists then
  if ARGV[3] == '' then return {'CART_NOT_FOUND'} end
  id = ARGV[3]
  cart, ops = keys_of(id)
end
if redis.call('HEXISTS', cart, 'into') == 1 then return {'CART_MERGED'} end
if operation ~= '' then
  local seen = redis.call('HGET', ops, operation)
  if seen then
    if string.sub(seen, 15) ~= fingerprint then return {'REQUEST_ID_REUSED'} end
    return contents('OK', id, cart)
  end
end
local lifetime = ARGV[7] ~= '' and ARGV[7] or redis.call('HGET', cart, 'lifetime')
local state = redis.call('HMGET', cart, 'version', 'lines', 'currency', 'country')
local at_version, lines, currency, country = state[1] or '0', tonumber(state[2] or '0'), state[3], state[4]
if version ~= '' and version ~= at_version then return {'ETAG_MISMATCH', at_version} end
if lines > 0 then
  if (ARGV[8] ~= '' and ARGV[8] ~= currency) or (ARGV[9] ~= '' and ARGV[9] ~= country) then
    return {'CONTEXT_MISMATCH', currency, country}
  end
end

local quantity, info, touched = {}, {}, {}
local function units(sku)
  if quantity[sku] == nil then
    quantity[sku] = tonumber(redis.call('HGET', cart, 'q:' .. sku) or '0')
    table.insert(touched, sku)
  end
  return quantity[sku]
end
local before = {}
local max_lines, max_units = tonumber(ARGV[12]), tonumber(ARGV[13])
for i = 14, #ARGV, 4 do
  local kind, sku, n = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
  if kind == 'clear' then
    for _, field in ipairs(redis.call('HKEYS', cart)) do
      if string.sub(field, 1, 2) == 'q:' then
        local name = string.sub(field, 3)
        before[name] = before[name] or units(name)
        quantity[name] = 0
      end
    end
  else
    local present = units(sku)
    if before[sku] == nil then before[sku] = present end
    if kind == 'set' then
      if present == 0 then return {'LINE_NOT_FOUND', sku} end
      quantity[sku] = n
    elseif kind == 'reduce' then quantity[sku] = math.max(present - n, 0)
    elseif kind == 'remove' then quantity[sku] = 0
    elseif kind == 'add' then quantity[sku] = present + n
    elseif kind == 'max' then quantity[sku] = math.max(present, n)
    elseif kind == 'keep' then if present == 0 then quantity[sku] = n end
    else quantity[sku] = n end
    if present == 0 then info[sku] = ARGV[i + 3] end
    if quantity[sku] > max_units then return {'QUANTITY_LIMIT_EXCEEDED', sku} end
  end
end
local changed = not exists
for _, sku in ipairs(touched) do
  if quantity[sku] ~= before[sku] then
    changed = true
    if before[sku] == 0 then lines = lines + 1 elseif quantity[sku] == 0 then lines = lines - 1 end
  end
end
if lines > max_lines then return {'LINE_LIMIT_EXCEEDED'} end
if operation ~= '' and redis.call('HLEN', ops) >= 5000 then
  local all = redis.call('HGETALL', ops)
  for i = 1, #all, 2 do
    local age = tonumber(now) - tonumber(string.sub(all[i + 1], 1, 13))
    if age > 86400000 and string.find(all[i], ':', 1, true) == nil then redis.call('HDEL', ops, all[i]) end
  end
  if redis.call('HLEN', ops) >= 5000 then return {'TOO_MANY_CHANGES'} end
end

local new_currency = ARGV[8] ~= '' and ARGV[8] or currency or ARGV[10]
local new_country = ARGV[9] ~= '' and ARGV[9] or country or ARGV[11]
if new_currency ~= currency or new_country ~= country then changed = true end
if changed then
  for _, sku in ipairs(touched) do
    if quantity[sku] ~= before[sku] then
      if quantity[sku] == 0 then redis.call('HDEL', cart, 'q:' .. sku, 't:' .. sku, 'i:' .. sku)
      else
        redis.call('HSET', cart, 'q:' .. sku, string.format('%d', quantity[sku]))
        if before[sku] == 0 then redis.call('HSET', cart, 't:' .. sku, now, 'i:' .. sku, info[sku]) end
      end
    end
  end
  local next_version = now
  if exists then
    next_version = string.format('%.0f', math.max(tonumber(at_version) + 1, tonumber(now)))
  else
    redis.call('HSET', cart, 'created', now)
    redis.call('SET', current_key, id)
  end
  redis.call('HSET', cart, 'version', next_version, 'updated', now, 'lifetime', lifetime, 'lines', lines,
    'currency', new_currency, 'country', new_country)
  redis.call('PEXPIRE', cart, lifetime)
  redis.call('PEXPIRE', current_key, lifetime)
end
if operation ~= '' then redis.call('HSET', ops, operation, now .. '|' .. fingerprint) end
redis.call('PEXPIRE', ops, lifetime)
return contents('OK', id, cart)`);

/**
 * Reserves the current cart for a merge. ARGV: id of the account.
 * Replies `OK`, id, fields…, or `CART_NOT_FOUND`, or `CART_MERGED`.
 */
export const RESERVE: Script = defineScript(`${PRELUDE}
local id = resolve('')
local cart = keys_of(id)
if id == '' or redis.call('EXISTS', cart) == 0 then return {'CART_NOT_FOUND'} end
local into = redis.call('HGET', cart, 'into')
if into and into ~= ARGV[1] then return {'CART_MERGED'} end
redis.call('HSET', cart, 'into', ARGV[1])
return contents('OK', id, cart)`);

/** Takes a reservation back. ARGV: cart id. */
export const CANCEL: Script = defineScript(`${PRELUDE}
local cart = keys_of(ARGV[1])
redis.call('HDEL', cart, 'into')
return {'OK'}`);

/** Forgets a cart. ARGV: cart id. */
export const DISCARD: Script = defineScript(`${PRELUDE}
local cart, ops = keys_of(ARGV[1])
redis.call('DEL', cart, ops)
if redis.call('GET', current_key) == ARGV[1] then redis.call('DEL', current_key) end
return {'OK'}`);
