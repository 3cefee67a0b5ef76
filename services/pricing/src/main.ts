import { runService } from '@souk/service';
import { pricing } from './service.ts';

await runService(pricing);
