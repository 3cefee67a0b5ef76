import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  PriceChangedSchema,
  PromotionChangedSchema,
} from '@souk/gen/souk/pricing/events/v1/pricing_events_pb';
import type { PriceWindowSchema } from '@souk/gen/souk/pricing/v1/price_pb';
import type { PromotionSchema } from '@souk/gen/souk/pricing/v1/promotion_pb';
import type { ServiceHost } from '@souk/kernel';
import { type Envelope, fact } from '@souk/messaging';
import type { StoredPrice, StoredPromotion } from '../app/ports.ts';
import type { PriceWindow } from '../domain/price-window.ts';

/** Makes the facts that pricing publishes. */
export interface PricingFacts {
  priceChanged(price: StoredPrice, set: readonly PriceWindow[]): Envelope;
  promotionChanged(promotion: StoredPromotion): Envelope;
}

/** How the domain's values are written in the contract; shared with the RPCs. */
export interface PricingEncoders {
  window(window: PriceWindow, currency: string): MessageInitShape<typeof PriceWindowSchema>;
  promotion(promotion: StoredPromotion): MessageInitShape<typeof PromotionSchema>;
}

/** Facts in a host's name and time. */
export function pricingFacts(host: ServiceHost, encode: PricingEncoders): PricingFacts {
  return {
    priceChanged({ priceListId, sku, currency, version, windows }, set) {
      const time = host.clock.now();
      const priceId = `${priceListId}/${sku}`;
      const message = {
        priceId,
        version: BigInt(version),
        occurTime: timestampFromDate(time),
        priceListId,
        sku,
        currency,
        setWindows: set.map((window) => encode.window(window, currency)),
        windows: windows.map((window) => encode.window(window, currency)),
      };
      return fact(host, PriceChangedSchema, message, { subject: priceId, time });
    },
    promotionChanged(promotion) {
      const message = {
        promotionId: promotion.id,
        version: BigInt(promotion.version),
        occurTime: timestampFromDate(promotion.updateTime),
        promotion: encode.promotion(promotion),
      };
      const options = { subject: promotion.id, time: promotion.updateTime };
      return fact(host, PromotionChangedSchema, message, options);
    },
  };
}
