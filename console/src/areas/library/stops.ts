// stops are the levels at which a reminder may stop what a doctor does.
export const stops = [{ value: 'block', label: '拦截：不能继续' }, { value: 'confirm', label: '须确认：选原因才能继续' }, { value: 'inform', label: '告知' }, { value: 'silent', label: '不弹，只记' }]
