import { runService } from '@souk/service';
import { catalog } from './service.ts';

await runService(catalog);
