import ask from './institution/ask';
import requests from './institution/requests';

export default { ...ask, ...requests };
