export default {
  'requests.title': 'requests',
} as const;
