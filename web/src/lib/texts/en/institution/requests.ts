import type german from '../../de/institution/requests';
import type { Message } from '../../message';

export default {
  'requests.title': 'requests',
} satisfies Record<keyof typeof german, Message>;
