export default {
  props: { rows: Array, columns: Array },
  emits: ["choose"],
  template: `
    <q-markup-table flat dense class="ka-table ka-alerts full-width">
      <thead><tr><th v-for="column in columns" :key="column.name" class="text-left">{{ column.label }}</th></tr></thead>
      <tbody>
        <tr v-for="row in rows" :key="row.id" :class="{'ka-chosen': row.chosen}" :aria-current="row.chosen" tabindex="0"
            @click="$emit('choose', row.id)" @keydown.enter="$emit('choose', row.id)"
            @keydown.space.prevent="$emit('choose', row.id)">
          <td class="ka-c-priority"><span class="ka-mark" :class="row.mark"><span class="ka-sign">{{ row.letter }}</span></span></td>
          <td v-for="column in columns.slice(1)" :key="column.name" :class="'ka-c-' + column.name" :title="row[column.name]"><span
            class="ka-cell">{{ row[column.name] }}</span></td>
        </tr>
      </tbody>
    </q-markup-table>`,
};
