import { runService } from '@souk/service';
import { cart } from './service.ts';

await runService(cart);
