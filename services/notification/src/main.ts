import { runService } from '@souk/service';
import { service } from './service.ts';

await runService(service);
