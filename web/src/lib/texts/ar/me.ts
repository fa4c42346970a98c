export { default } from './volunteer/me';
