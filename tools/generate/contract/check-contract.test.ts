import { describe, expect, it } from '@jest/globals';
import { contractOf } from '../testing/fixture.ts';
import { checkContract } from './check-contract.ts';

/** The faults of a service with one RPC `Do`. */
async function faultsOf(options: string, request = '', response = ''): Promise<string[]> {
  const contract = await contractOf(`
    service ToyService { rpc Do(DoRequest) returns (DoResponse) { ${options} } }
    message DoRequest { ${request} }
    message DoResponse { ${response} }
    enum Colour { COLOUR_UNSPECIFIED = 0; COLOUR_RED = 1; }
  `);
  return checkContract(contract);
}

const READ = 'option idempotency_level = NO_SIDE_EFFECTS;';
const policy = (text: string): string => `option (souk.options.v1.method) = { ${text} };`;
const http = (text: string): string => `option (google.api.http) = { ${text} };`;

describe('what an RPC must say', () => {
  it('accepts a public read with a route', async () => {
    await expect(faultsOf(READ + policy('auth: {public: {}}') + http('get: "/v1/toys"'))).resolves.toEqual(
      [],
    );
  });

  it('refuses an RPC without auth, by name', async () => {
    await expect(faultsOf(READ + http('get: "/v1/toys"'))).resolves.toEqual([
      'souk.toys.v1.ToyService/Do: no auth option: say who may call it (souk.options.v1.method)',
    ]);
  });

  it('refuses an exposed RPC without a route, and an internal one with a route or without callers', async () => {
    await expect(faultsOf(READ + policy('auth: {public: {}}'))).resolves.toEqual([
      expect.stringContaining('needs a REST route'),
    ]);
    await expect(
      faultsOf(policy('auth: {internal: {}}') + http('post: "/v1/toys" body: "*"')),
    ).resolves.toEqual([
      expect.stringContaining('no service may call it'),
      expect.stringContaining('must have no REST route'),
    ]);
  });

  it('refuses callers that are no service, and the service itself', async () => {
    await expect(faultsOf(policy('auth: {internal: {}} callers: ["trains", "toys"]'))).resolves.toEqual([
      expect.stringContaining('unknown caller trains'),
      expect.stringContaining('does not call itself'),
    ]);
  });

  it("refuses malformed permissions and other services'", async () => {
    const of = (permission: string): Promise<string[]> =>
      faultsOf(READ + policy(`auth: {permission: "${permission}"}`) + http('get: "/v1/toys"'));
    await expect(of('toys.toys.read')).resolves.toEqual([]);
    await expect(of('toys.Read')).resolves.toEqual([expect.stringContaining('is not written')]);
    await expect(of('order.orders.read')).resolves.toEqual([expect.stringContaining("another service's")]);
  });

  it('wants a request_id where something changes, unless a repeat is harmless or credentials come back', async () => {
    const write = policy('auth: {public: {}} cost: COST_CLASS_WRITE') + http('post: "/v1/toys" body: "*"');
    await expect(faultsOf(write)).resolves.toEqual([expect.stringContaining('request_id')]);
    await expect(
      faultsOf(write, 'string request_id = 1 [(buf.validate.field).string.uuid = true];'),
    ).resolves.toEqual([]);
    await expect(faultsOf(`option idempotency_level = IDEMPOTENT; ${write}`)).resolves.toEqual([]);
    await expect(faultsOf(write.replace('WRITE', 'CREDENTIAL'))).resolves.toEqual([]);
    await expect(faultsOf(write, 'google.api.HttpBody body = 1;')).resolves.toEqual([]);
  });

  it('knows GET from the rest by its side effects', async () => {
    await expect(
      faultsOf(
        `option idempotency_level = IDEMPOTENT; ${policy('auth: {public: {}}')} ${http('get: "/v1/toys"')}`,
      ),
    ).resolves.toEqual([expect.stringContaining('GET is for NO_SIDE_EFFECTS')]);
  });

  it('finds path variables, bodies and response bodies that are not there', async () => {
    const read = READ + policy('auth: {public: {}}');
    await expect(faultsOf(read + http('get: "/v1/toys/{toy_id}"'))).resolves.toEqual([
      expect.stringContaining('{toy_id} is no scalar field'),
    ]);
    await expect(
      faultsOf(
        read + http('get: "/v1/toys" response_body: "name"'),
        '',
        'string name = 1; string other = 2;',
      ),
    ).resolves.toEqual([expect.stringContaining('must be the only field')]);
  });

  it('refuses two RPCs on one route, whatever their variables are called', async () => {
    const contract = await contractOf(`
      service ToyService {
        rpc GetToy(GetToyRequest) returns (GetToyResponse) { ${READ} ${policy('auth: {public: {}}')} ${http('get: "/v1/toys/{toy_id}"')} }
        rpc FindToy(FindToyRequest) returns (FindToyResponse) { ${READ} ${policy('auth: {public: {}}')} ${http('get: "/v1/toys/{name}"')} }
      }
      message GetToyRequest { string toy_id = 1 [(buf.validate.field).string.uuid = true]; }
      message GetToyResponse {}
      message FindToyRequest { string name = 1 [(buf.validate.field).string.max_len = 9]; }
      message FindToyResponse {}
    `);
    expect(checkContract(contract)).toEqual([
      'souk.toys.v1.ToyService/FindToy: get /v1/toys/{name} is already a route of souk.toys.v1.ToyService/GetToy',
    ]);
  });

  it('wants streams to state their timeout and cost', async () => {
    const contract = await contractOf(`
      service ToyService { rpc Watch(WatchRequest) returns (stream WatchResponse) {
        ${READ} ${policy('auth: {public: {}}')} ${http('get: "/v1/toys:watch"')} } }
      message WatchRequest {}
      message WatchResponse {}
    `);
    expect(checkContract(contract)).toEqual([
      expect.stringContaining('states its own timeout'),
      expect.stringContaining('COST_CLASS_STREAM'),
    ]);
  });
});

describe('bounds of a request', () => {
  const of = (request: string): Promise<string[]> =>
    faultsOf(READ + policy('auth: {public: {}}') + http('get: "/v1/toys"'), request);

  it.each([
    ['string name = 1;', 'DoRequest.name: a string needs max_len'],
    ['bytes raw = 1;', 'DoRequest.raw: bytes need max_len'],
    ['repeated int32 numbers = 1;', 'DoRequest.numbers: a list needs max_items'],
    ['map<int32, int32> pairs = 1;', 'DoRequest.pairs: a map needs max_pairs'],
    ['Colour colour = 1;', 'DoRequest.colour: an enum needs defined_only'],
    ['Part part = 1; message Part { string name = 1; }', 'DoRequest.Part.name: a string needs max_len'],
    [
      'repeated string names = 1 [(buf.validate.field).repeated.max_items = 3];',
      'DoRequest.names: a string needs max_len',
    ],
    [
      'string name = 1 [(buf.validate.field).string.pattern = "^[a-z]+$"];',
      'DoRequest.name: a string needs max_len',
    ],
  ])('%s is without one', async (request, fault) => {
    await expect(of(request)).resolves.toEqual([`souk.toys.v1.${fault}`]);
  });

  it.each([
    'string name = 1 [(buf.validate.field).string.max_len = 3];',
    'string name = 1 [(buf.validate.field).string.uuid = true];',
    'string name = 1 [(buf.validate.field).string.pattern = "^[A-Z]{2}$"];',
    'Colour colour = 1 [(buf.validate.field).enum.defined_only = true];',
    'google.protobuf.Timestamp time = 1;',
  ])('%s has one', async (request) => {
    await expect(of(request)).resolves.toEqual([]);
  });
});
