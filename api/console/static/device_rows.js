export default {
  props: { rows: Array },
  template: `
    <div>
      <a v-for="row in rows" :key="row.id" class="ka-device" :href="row.href">
        <span class="ka-device-name"><b class="q-mr-sm">{{ row.name }}</b>
          <span v-for="mark in row.marks" class="ka-chip q-mr-xs" :class="'ka-is-' + mark.mark">{{ mark.text }}</span></span>
        <span class="ka-device-area">{{ row.area }}</span>
        <span class="ka-device-kind ka-faint">{{ row.kind }}</span>
        <span class="ka-device-heard ka-num"><span class="ka-since" :data-since="row.heard"></span></span>
        <span class="ka-device-latest ka-faint">{{ row.latest }}</span>
      </a>
    </div>`,
};
