import type { Json } from './holes.ts';

const NAME = 'envoy.filters.http.lua';

/**
 * Shows the bare resource where the contract says `response_body`, which Envoy's transcoder does not know how to do.
 *
 * A response with that option has one field, so its JSON is `{"<field>":<value>}`, and taking off both ends is all there
 * is to do. gRPC callers, errors and streams pass as they are.
 */
const SCRIPT = `
function envoy_on_response(handle)
  local field = handle:metadata():get("unwrap")
  if field == nil then return end
  local headers = handle:headers()
  if headers:get(":status") ~= "200" or headers:get("content-type") ~= "application/json" then return end
  local body = handle:body()
  if body == nil then return end
  local prefix = '{"' .. field .. '":'
  if body:getBytes(0, #prefix) ~= prefix then return end
  local length = body:setBytes(body:getBytes(#prefix, body:length() - #prefix - 1))
  -- Waiting for the body ended the life of the headers above.
  handle:headers():replace("content-length", length)
end
`;

/** The filter; it stands before the transcoder, so that it sees responses after it. */
export function renderUnwrap(): Json {
  return {
    name: NAME,
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
      default_source_code: { inline_string: SCRIPT },
    },
  };
}

/** Tells the filter which field a route's responses have; nothing when they are shown as they are. */
export function unwrapMetadata(field: string | undefined): Record<string, Json> {
  return field === undefined ? {} : { [NAME]: { unwrap: field } };
}
