import { runService } from '@souk/service';
import { storefront } from './service.ts';

await runService(storefront);
