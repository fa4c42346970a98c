import hours from './volunteer/hours';
import me from './volunteer/me';
import money from './volunteer/money';
import times from './volunteer/times';
import today from './volunteer/today';

export default { ...today, ...times, ...hours, ...money, ...me };
