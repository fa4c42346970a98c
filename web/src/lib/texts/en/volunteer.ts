import hours from './volunteer/hours';
import money from './volunteer/money';
import times from './volunteer/times';
import today from './volunteer/today';

export default { ...today, ...times, ...hours, ...money };
