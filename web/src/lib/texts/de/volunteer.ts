export { default } from './volunteer/today';
