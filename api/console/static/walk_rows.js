export default {
  props: { rows: Array },
  template: `
    <div>
      <div v-for="row in rows" :key="row.id" class="ka-walk" :class="{'ka-walk-done': row.sign == '✓'}">
        <span class="ka-walk-sign">{{ row.sign }}</span>
        <span class="ka-walk-name"><b>{{ row.name }}</b><br><span class="ka-faint">{{ row.what }}</span></span>
        <span class="ka-num ka-walk-when">{{ row.when }}</span>
      </div>
    </div>`,
};
