import { InventoryService } from '@souk/gen/souk/inventory/v1/inventory_service_pb';
import { IdentityService } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { openEdge } from '../sample-data/edge.ts';
import { platformAddresses } from '../sample-data/platform.ts';

// Checks a running platform's stock: levels against the sum of their movements and against what reservations hold and are
// owed, then the read model against the books. `npm run check-stock`; ends with 1 if anything differs.
const PAGE_SIZE = 5_000;

const { edge: address, admin } = platformAddresses();
const edge = openEdge(address);
const { tokens } = await edge.client(IdentityService).login(admin);
const inventory = edge.client(InventoryService, tokens?.accessToken ?? '');

let checked = 0;
let broken = 0;
for (let pageToken = ''; ; ) {
  const page = await inventory.checkLedger({ pageSize: PAGE_SIZE, pageToken });
  checked += page.checkedCount;
  for (const { level, ...sums } of page.breaks) {
    broken += 1;
    const shown = {
      onHand: `${level?.onHand} (movements ${sums.ledgerOnHand})`,
      reserved: `${level?.reserved} (movements ${sums.ledgerReserved}, held ${sums.heldByReservations})`,
      backordered: `${level?.backordered} (movements ${sums.ledgerBackordered}, owed ${sums.owedByReservations})`,
      damaged: `${level?.damaged} (movements ${sums.ledgerDamaged})`,
      incoming: `${level?.incoming} (movements ${sums.ledgerIncoming})`,
    };
    console.log(`${level?.sku} at ${level?.locationId}: ${JSON.stringify(shown)}`);
  }
  pageToken = page.nextPageToken;
  if (pageToken === '') break;
}
const { comparedCount, differingSkus } = await inventory.rebuildAvailability({ validateOnly: true });
console.log(`${checked} levels checked against the ledger: ${broken} broken`);
console.log(`${comparedCount} levels compared with the read model: ${differingSkus.length} SKUs differ`);
for (const sku of differingSkus) console.log(`  ${sku}`);
process.exitCode = broken + differingSkus.length === 0 ? 0 : 1;
