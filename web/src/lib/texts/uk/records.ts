import hours from './volunteer/hours';
import money from './volunteer/money';
import times from './volunteer/times';

export default { ...times, ...hours, ...money };
