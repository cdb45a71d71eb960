export default {
  props: { rows: Array },
  emits: ["reject"],
  template: `
    <div class="row">
      <div v-for="row in rows" :key="row.id" class="col-12 col-sm-6 col-lg-4 q-pa-xs">
        <div class="ka-card ka-speaker column no-wrap">
          <div v-if="row.danger" class="ka-chip ka-is-alarm self-start">{{ row.danger }}</div>
          <div class="row items-baseline no-wrap"><b class="ka-just">{{ row.just }}</b>
            <span class="ka-once">{{ row.once }}</span>
            <span class="ka-since ka-num" :data-since="row.heard"></span></div>
          <div class="ka-name">{{ row.guess }}</div>
          <div class="ka-faint ka-wrap">{{ row.address }}</div>
          <div class="row q-gutter-xs q-my-xs"><span v-for="said in row.said" class="ka-chip">{{ said }}</span></div>
          <div class="ka-faint">{{ row.rhythm }}</div>
          <div class="row q-mt-auto q-pt-sm q-gutter-sm">
            <q-btn class="col ka-big" no-caps unelevated color="primary" :href="row.adopt" :label="row.adopts" />
            <q-btn class="ka-big" no-caps outline :label="row.rejects" @click="$emit('reject', row.id)" />
          </div>
        </div>
      </div>
    </div>`,
};
