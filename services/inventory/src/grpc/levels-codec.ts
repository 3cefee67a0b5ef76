import { create } from '@bufbuild/protobuf';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import {
  type ReceiveStockResponse,
  ReceiveStockResponseSchema,
} from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { DEFAULT_TERMS, type StockLevel } from '../domain/stock.ts';
import { levelToProto } from './to-proto.ts';

/** How the levels that a stock change answers are stored, so that the same call again gets the same answer. */
export const levelsCodec = {
  schema: ReceiveStockResponseSchema,
  encode: (levels: readonly StockLevel[]): ReceiveStockResponse =>
    create(ReceiveStockResponseSchema, { levels: levels.map(levelToProto) }),
  decode: (response: ReceiveStockResponse): StockLevel[] =>
    response.levels.map((level) => ({
      ...DEFAULT_TERMS,
      sku: level.sku,
      locationId: level.locationId,
      onHand: Number(level.onHand),
      reserved: Number(level.reserved),
      damaged: Number(level.damaged),
      incoming: Number(level.incoming),
      backordered: Number(level.backordered),
      safetyStock: Number(level.safetyStock),
      version: level.version,
      position: level.position,
      updateTime: level.updateTime === undefined ? new Date(0) : timestampDate(level.updateTime),
    })),
};
