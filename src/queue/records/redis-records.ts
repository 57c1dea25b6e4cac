import type { Redis } from "ioredis";
import { z } from "zod";
import type { KeptQuery, KeptRecord, RecordStore } from "./record-store.ts";

/**
 * Records that will be forgotten one day, at most, of each kind; beyond that, what would be forgotten soonest gives
 * way.
 */
const defaultMax = 100_000;
/** Forgotten records removed by one call, at most. */
const swept = 50;

/**
 * A kind's records are the fields of one hash: a line with the time they are forgotten ("" for never), a line for each
 * key, and the record. Three sorts of sorted sets lead to them: of all and of those with a key, by age, and of those
 * that will be forgotten, by that time. All take the first as KEYS[1], by which the others' names begin.
 */
const shared = `
local data, all, expiring = KEYS[1], KEYS[1] .. ':all', KEYS[1] .. ':expiring'
local function lines(text)
  local found = {}
  for line in string.gmatch(text, '([^\\n]*)\\n') do found[#found + 1] = line end
  return found
end
local function drop(id)
  local old = redis.call('HGET', data, id)
  if old then
    for at, key in ipairs(lines(old)) do
      if at > 1 then redis.call('ZREM', data .. ':key:' .. key, id) end
    end
    redis.call('HDEL', data, id)
  end
  redis.call('ZREM', all, id)
  redis.call('ZREM', expiring, id)
end
local function sweep(now, kept)
  local max, over = ${swept}, redis.call('ZCARD', expiring) - kept
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', expiring, '-inf', now, 'LIMIT', 0, max)) do drop(id) end
  if over > 0 then
    for _, id in ipairs(redis.call('ZRANGE', expiring, 0, math.min(over, max) - 1)) do drop(id) end
  end
end
local function live(text, now)
  local expires = string.match(text, '^([^\\n]*)\\n')
  return expires == '' or tonumber(expires) > now
end
`;

/** ARGV: now, records kept at most, id, score, time to be forgotten or "", what to keep, keys. */
const putScript = `${shared}
local id, score, expires = ARGV[3], ARGV[4], ARGV[5]
drop(id)
redis.call('HSET', data, id, ARGV[6])
redis.call('ZADD', all, score, id)
for at = 7, #ARGV do redis.call('ZADD', data .. ':key:' .. ARGV[at], score, id) end
if expires ~= '' then redis.call('ZADD', expiring, expires, id) end
sweep(ARGV[1], tonumber(ARGV[2]))
`;

/** ARGV: id. */
const removeScript = `${shared}
drop(ARGV[1])
`;

/** ARGV: now, records kept at most, end of the set's name, lowest score (excluded), limit. Gives what is kept. */
const findScript = `${shared}
local now, set, limit = tonumber(ARGV[1]), data .. ARGV[3], tonumber(ARGV[5])
sweep(ARGV[1], tonumber(ARGV[2]))
local found, offset, step = {}, 0, math.min(limit, 100)
while #found < limit do
  local ids = redis.call('ZRANGEBYSCORE', set, '(' .. ARGV[4], '+inf', 'LIMIT', offset, step)
  for _, id in ipairs(ids) do
    local text = redis.call('HGET', data, id)
    if text and live(text, now) and #found < limit then found[#found + 1] = text end
  end
  if #ids < step then break end
  offset = offset + step
end
return found
`;

/** Records in Redis, beside the queues of the same prefix. */
export class RedisRecords implements RecordStore {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #max: string;

  constructor(redis: Redis, prefix: string, max = defaultMax) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#max = `${max}`;
  }

  async put({ kind, id, at, keys, text, expires }: KeptRecord, now: number): Promise<void> {
    const until = expires === undefined ? "" : `${expires}`;
    const kept = `${[until, ...keys].join("\n")}\n${text}`;
    await this.#redis.eval(putScript, 1, this.#data(kind), `${now}`, this.#max, id, score(at), until, kept, ...keys);
  }

  async get(kind: string, id: string, now: number): Promise<string | undefined> {
    const kept = await this.#redis.hget(this.#data(kind), id);
    if (kept === null) return undefined;
    const until = kept.slice(0, kept.indexOf("\n"));
    return until !== "" && Number(until) <= now ? undefined : textOf(kept);
  }

  async find({ kind, key, before, limit }: KeptQuery, now: number): Promise<readonly string[]> {
    const set = key === undefined ? ":all" : `:key:${key}`;
    const asked = [this.#data(kind), `${now}`, this.#max, set, score(before), `${limit}`];
    const found = await this.#redis.eval(findScript, 1, ...asked);
    return z.array(z.string()).parse(found).map(textOf);
  }

  async remove(kind: string, id: string): Promise<void> {
    await this.#redis.eval(removeScript, 1, this.#data(kind), id);
  }

  #data(kind: string): string {
    return `${this.#prefix}:records:${encodeURIComponent(kind)}`;
  }
}

/** The newest first: sets are read from the lowest score, and equal scores in the order of their ids. */
function score(at: number): string {
  return `${0 - at}`;
}

function textOf(kept: string): string {
  return kept.slice(kept.lastIndexOf("\n") + 1);
}
