import { beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { contractOf } from '../testing/fixture.ts';
import { renderOpenApi } from './document.ts';

const operation = z.looseObject({
  summary: z.string(),
  description: z.string().optional(),
  parameters: z.array(z.looseObject({ name: z.string().optional(), in: z.string().optional() })).optional(),
  responses: z.record(z.string(), z.unknown()),
});
const document = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({ schemas: z.record(z.string(), z.looseObject({})) }),
});

let api: z.infer<typeof document>;

beforeAll(async () => {
  const contract = await contractOf(`
    // Toys.
    service ToyService {
      // Lists toys. Cheap.
      //
      // Fails with: NOTHING.
      rpc ListToys(ListToysRequest) returns (ListToysResponse) {
        option idempotency_level = NO_SIDE_EFFECTS;
        option (souk.options.v1.method) = { auth: {public: {}} };
        option (google.api.http) = { get: "/v1/shelves/{shelf_id}/toys" };
      }
      // Changes a toy.
      rpc UpdateToy(UpdateToyRequest) returns (UpdateToyResponse) {
        option (souk.options.v1.method) = { auth: {permission: "toys.toys.write"} cost: COST_CLASS_WRITE };
        option (google.api.http) = { patch: "/v1/toys/{toy.toy_id}" body: "toy" response_body: "toy" };
      }
      // Hidden.
      rpc Count(CountRequest) returns (CountResponse) {
        option (souk.options.v1.method) = { auth: {internal: {}} callers: ["order"] };
      }
    }
    message ListToysRequest {
      string shelf_id = 1 [(buf.validate.field).string.uuid = true];
      int32 page_size = 2 [(buf.validate.field).int32 = {gte: 0, lte: 100}];
      repeated Colour colours = 3 [(buf.validate.field).repeated.max_items = 2];
      google.protobuf.Timestamp since_time = 4;
    }
    message ListToysResponse { repeated Toy toys = 1; }
    message UpdateToyRequest {
      Toy toy = 1 [(buf.validate.field).required = true];
      string request_id = 2 [(buf.validate.field).string.uuid = true];
    }
    message UpdateToyResponse { Toy toy = 1; }
    message CountRequest {}
    message CountResponse { Secret secret = 1; }
    message Secret {}
    // A toy.
    message Toy {
      string toy_id = 1 [(buf.validate.field).string.uuid = true];
      // What it says on the box.
      string title = 2 [(buf.validate.field).string = {min_len: 1, max_len: 80}];
      string note = 3 [(buf.validate.field).string.max_len = 9];
      int64 pieces = 4;
      Toy inside = 5;
    }
    // A colour.
    enum Colour {
      // None.
      COLOUR_UNSPECIFIED = 0;
      // Red.
      COLOUR_RED = 1;
    }
  `);
  api = document.parse(JSON.parse(renderOpenApi(contract)));
});

describe('an operation', () => {
  it('exists for exposed RPCs only, and brings no schema of the others', () => {
    expect(Object.keys(api.paths)).toEqual(['/v1/shelves/{shelf_id}/toys', '/v1/toys/{toy_id}']);
    expect(Object.keys(api.components.schemas)).not.toContain('toys.Secret');
  });

  it('takes its summary from the first sentence of the comment', () => {
    const list = api.paths['/v1/shelves/{shelf_id}/toys']?.['get'];
    expect(list?.summary).toBe('Lists toys.');
    expect(list?.description).toBe('Cheap.\n\nFails with: NOTHING.');
  });

  it('has path and query parameters with the rules of their fields', () => {
    expect(api.paths['/v1/shelves/{shelf_id}/toys']?.['get']?.parameters).toEqual([
      { name: 'shelf_id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
      {
        name: 'pageSize',
        in: 'query',
        schema: { type: 'integer', format: 'int32', minimum: 0, maximum: 100 },
      },
      {
        name: 'colours',
        in: 'query',
        style: 'form',
        explode: true,
        schema: { type: 'array', items: { $ref: '#/components/schemas/toys.Colour' }, maxItems: 2 },
      },
      { name: 'sinceTime', in: 'query', schema: { type: 'string', format: 'date-time' } },
    ]);
  });

  it('has the body and the bare response that its route names, and asks for what its auth says', () => {
    const update = api.paths['/v1/toys/{toy_id}']?.['patch'];
    const toy = { 'application/json': { schema: { $ref: '#/components/schemas/toys.Toy' } } };
    expect(update?.['requestBody']).toEqual({ required: true, content: toy });
    expect(update?.responses['200']).toMatchObject({ content: toy });
    expect(update?.['security']).toEqual([{ accessToken: ['toys.toys.write'] }]);
    expect(update?.parameters).toContainEqual({ $ref: '#/components/parameters/IdempotencyKey' });
  });
});

describe('a schema', () => {
  it('requires what validation would refuse to miss', () => {
    expect(api.components.schemas['toys.Toy']).toEqual({
      type: 'object',
      description: 'A toy.',
      properties: {
        toyId: { type: 'string', format: 'uuid' },
        title: { type: 'string', description: 'What it says on the box.', minLength: 1, maxLength: 80 },
        note: { type: 'string', maxLength: 9 },
        pieces: { type: 'string', format: 'int64', pattern: '^-?[0-9]+$' },
        inside: { $ref: '#/components/schemas/toys.Toy' },
      },
      required: ['toyId', 'title'],
    });
  });

  it('explains the values of an enum', () => {
    expect(api.components.schemas['toys.Colour']).toEqual({
      type: 'string',
      description: 'A colour.\n- `COLOUR_UNSPECIFIED`: None.\n- `COLOUR_RED`: Red.',
      enum: ['COLOUR_UNSPECIFIED', 'COLOUR_RED'],
    });
  });
});
